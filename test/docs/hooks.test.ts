import * as react from 'onescreen/react';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../scripts/entries.mjs';

it('the guide has every hook, and none that is not there', () => {
  const guide = readFileSync(join(root, 'docs/getting-started.md'), 'utf8');
  const told = [...guide.matchAll(/^\| `(use[A-Za-z]+)\(/gm)].map(([, name]) => name);
  expect(told.sort()).toEqual(
    Object.keys(react)
      .filter((name) => name.startsWith('use'))
      .sort(),
  );
});
