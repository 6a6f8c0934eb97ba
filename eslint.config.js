import { defineConfig } from 'eslint/config';
import rxjsX from 'eslint-plugin-rxjs-x';
import tseslint from 'typescript-eslint';
import { layers } from './scripts/lint/layers.mjs';
import { seam } from './scripts/lint/seam.mjs';

export default defineConfig(
  { ignores: ['dist/', 'temp/', 'coverage/', 'site/', 'etc/', 'test/specs/', 'examples/*/dist/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true, allowRethrowing: true }],
      // An abort signal's reason is whatever its owner gave, and is passed on as it is.
      '@typescript-eslint/prefer-promise-reject-errors': [
        'error',
        { allowThrowingUnknown: true, allowThrowingAny: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `return reject(reason)` ends a branch in one line.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-empty-function': ['error', { allow: ['arrowFunctions', 'functions', 'methods'] }],
      // Conditions that the types call unnecessary are how data from outside is checked.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // An interface that promises to wait may be kept by a function that need not.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      'no-console': 'off',
      eqeqeq: 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { onescreen: { rules: { layers } }, 'rxjs-x': rxjsX },
    rules: {
      'onescreen/layers': 'error',
      'no-console': 'error',
      'rxjs-x/no-async-subscribe': 'error',
      'rxjs-x/no-exposed-subjects': 'error',
      'rxjs-x/no-ignored-replay-buffer': 'error',
      'rxjs-x/no-nested-subscribe': 'error',
      'rxjs-x/no-sharereplay': 'error',
      'rxjs-x/no-unbound-methods': 'error',
      'rxjs-x/no-unsafe-takeuntil': 'error',
    },
  },
  { files: ['src/**/*.{ts,tsx}'], ignores: ['src/environment/**'], rules: seam },
  { files: ['src/cli/**'], rules: { 'no-console': 'off' } },
  // Casts in JSDoc are invisible to these rules.
  { files: ['**/*.mjs'], rules: { '@typescript-eslint/no-unsafe-assignment': 'off' } },
  {
    files: ['test/**', 'bench/**', 'examples/**'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      // `expect.any` and its like are typed any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
);
