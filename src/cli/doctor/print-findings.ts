import type { Finding } from './finding';

/** One line for each finding, the remedy below. */
export function printFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, status, detail, remedy }) => {
    const head = `${status.padEnd(7)}  ${check.padEnd(width)}  ${detail}`;
    return remedy === undefined ? [head] : [head, `${' '.repeat(11 + width)}-> ${remedy}`];
  });
  const failures = findings.filter(({ status }) => status === 'failed').length;
  const unknown = findings.filter(({ status }) => status === 'unknown').length;
  return `${[...lines, '', `${failures} failed, ${unknown} unknown`].join('\n')}\n`;
}
