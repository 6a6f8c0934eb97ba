import { writeSync } from 'node:fs';
import type { SerializedError } from 'vitest';
import type { Reporter, TestModule, TestSuite } from 'vitest/node';

/** What a whole run came to. Errors outside of tests count as failed tests. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Counts over all projects: tests that never ran, files that did not load, broken hooks and stray errors are failures. */
export function total(modules: readonly TestModule[], strayErrors: readonly SerializedError[]): Totals {
  let passed = 0;
  let failed = strayErrors.length;
  let skipped = 0;
  for (const module of modules) {
    failed += brokenSuites(module);
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') passed += 1;
      else if (state === 'skipped') skipped += 1;
      else failed += 1;
    }
  }
  return { passed, failed, skipped };
}

function brokenSuites(module: TestModule): number {
  const suites: readonly (TestModule | TestSuite)[] = [module, ...module.children.allSuites()];
  return suites.filter((suite) => suite.errors().length > 0).length;
}

/** `12 passed, 0 failed`, with `, 1 skipped` when there are any. */
export function format({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** Prints the totals as the very last line, and makes the run fail when a test failed or none passed. */
export class SummaryReporter implements Reporter {
  #totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  #printing = false;

  onTestRunEnd(modules: readonly TestModule[], strayErrors: readonly SerializedError[]): void {
    this.#totals = total(modules, strayErrors);
    if (this.#printing) return;
    this.#printing = true;
    process.on('exit', () => {
      const { passed, failed } = this.#totals;
      if (failed > 0 || passed === 0) process.exitCode = 1;
      writeSync(1, `${format(this.#totals)}\n`);
    });
  }
}
