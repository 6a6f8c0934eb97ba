/** Time and chance that must come from the injected Clock and Random, as settings of ESLint's own rules. */

const timers = ['setTimeout', 'setInterval', 'setImmediate', 'requestAnimationFrame', 'requestIdleCallback'];
const message = 'take time from the injected Clock and chance from the injected Random (src/environment)';

const operators = [
  ...['timer', 'interval', 'delay', 'debounceTime', 'throttleTime', 'auditTime', 'sampleTime'],
  ...['bufferTime', 'windowTime', 'timeout', 'timeoutWith', 'timeInterval', 'timestamp', 'animationFrames'],
  ...['asyncScheduler', 'asapScheduler', 'animationFrameScheduler'],
];

const chance = ['randomUUID', 'randomBytes', 'randomInt', 'randomFill', 'randomFillSync', 'getRandomValues'];

/** @type {import('eslint').Linter.RulesRecord} */
export const seam = {
  'no-restricted-globals': ['error', ...timers.map((name) => ({ name, message }))],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message },
    { object: 'Math', property: 'random', message },
    { object: 'performance', property: 'now', message },
    { object: 'AbortSignal', property: 'timeout', message },
    ...chance.map((property) => ({ property, message })),
    ...['window', 'globalThis', 'self', 'global'].flatMap((object) =>
      timers.map((property) => ({ object, property, message })),
    ),
  ],
  'no-restricted-syntax': [
    'error',
    { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message },
    { selector: 'CallExpression[callee.name="Date"]', message },
  ],
  'no-restricted-imports': [
    'error',
    {
      paths: [
        { name: 'rxjs', importNames: operators, message },
        { name: 'rxjs/operators', message: 'import operators from rxjs' },
        ...['node:timers', 'node:timers/promises', 'timers', 'timers/promises'].map((name) => ({ name, message })),
        ...['node:crypto', 'crypto'].map((name) => ({ name, importNames: chance, message })),
        ...['node:perf_hooks', 'perf_hooks'].map((name) => ({ name, message })),
      ],
    },
  ],
};
