import { RuleTester, Linter } from 'eslint';
import { parser } from 'typescript-eslint';
import { describe, expect, it, test } from 'vitest';
import { root } from '../../scripts/entries.mjs';
import { layers } from '../../scripts/lint/layers.mjs';
import { seam } from '../../scripts/lint/seam.mjs';

Object.assign(RuleTester, { describe, it, itOnly: it.only });

const at = (file: string, code: string) => ({ name: `${file}: ${code}`, filename: `${root}/src/${file}`, code });
const tester = new RuleTester({ languageOptions: { parser } });

tester.run('layers', layers, {
  valid: [
    at('client/agent.ts', "import { fold } from '../conversation/reduce';"),
    at('provider/chat.ts', "import { type Live } from '../live';"),
    at('conversation/reduce.ts', "import { Observable } from 'rxjs';"),
    at('server/agents/door.ts', "import { isFrame } from '../../protocol/frames';"),
    at('server/agents/door.ts', "import { createRouter } from 'onescreen/routing';"),
    at('server/tokens.ts', "import { createHmac } from 'node:crypto';"),
    at('acs/chat/acs-chat.ts', "const load = () => import('@azure/communication-chat');"),
    at('emulator/start.ts', "import { startServer } from 'onescreen/server';"),
  ],
  invalid: [
    { ...at('conversation/reduce.ts', "import { x } from '../client/x';"), errors: [{ messageId: 'upward' }] },
    { ...at('client/agent.ts', "import { x } from '../routing/engine';"), errors: [{ messageId: 'upward' }] },
    { ...at('routing/engine.ts', "import { x } from 'onescreen/server';"), errors: [{ messageId: 'upward' }] },
    { ...at('routing/engine.ts', "import { Live } from '../live';"), errors: [{ messageId: 'path' }] },
    { ...at('routing/engine.ts', "export { isFrame } from '../protocol/frames';"), errors: [{ messageId: 'path' }] },
    { ...at('server/handler.ts', "import { x } from '../routing/engine';"), errors: [{ messageId: 'path' }] },
    { ...at('server/handler.ts', "type X = import('../client/x').X;"), errors: [{ messageId: 'path' }] },
    { ...at('client/agent.ts', "import { select } from 'onescreen';"), errors: [{ messageId: 'name' }] },
    { ...at('client/agent.ts', "import { io } from 'socket.io-client';"), errors: [{ messageId: 'package' }] },
    {
      ...at('react/hooks.ts', "const load = () => import('@azure/communication-chat');"),
      errors: [{ messageId: 'package' }],
    },
    { ...at('routing/engine.ts', "import { readFile } from 'node:fs';"), errors: [{ messageId: 'package' }] },
    { ...at('utils/strings.ts', 'export const x = 1;'), errors: [{ messageId: 'unknown' }] },
  ],
});

describe('the seam of time and chance', () => {
  const linter = new Linter();
  const complaints = (code: string) =>
    linter.verify(code, { rules: seam }).map(({ ruleId, message }) => (ruleId === null ? message : ruleId));

  test.each([
    'Date.now();',
    'new Date();',
    'new Date;',
    'Date();',
    'setTimeout(run, 1);',
    'setInterval(run, 1);',
    'setImmediate(run);',
    'globalThis.setTimeout(run, 1);',
    'window.setInterval(run, 1);',
    'Math.random();',
    'performance.now();',
    'crypto.randomUUID();',
    'AbortSignal.timeout(5);',
    "import { timer } from 'rxjs';",
    "import { map, debounceTime } from 'rxjs';",
    "import { map } from 'rxjs/operators';",
    "import { randomUUID } from 'node:crypto';",
    "import { setTimeout as sleep } from 'node:timers/promises';",
  ])('refuses %s', (code) => {
    expect(complaints(code)).toHaveLength(1);
  });

  test.each([
    'new Date(clock.now());',
    'clock.schedule(5, run);',
    'random.id();',
    "import { map, switchMap } from 'rxjs';",
    "import { createHmac } from 'node:crypto';",
  ])('accepts %s', (code) => {
    expect(complaints(code)).toEqual([]);
  });
});
