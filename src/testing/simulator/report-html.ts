import { escapeMarkup } from './escape-markup';
import type { SimulationReport } from './report';
import { reportPlot } from './report-plot';
import { headings, remarks, reportRows } from './report-rows';
import { listOf } from './report-table';

/** Reports as a page that needs nothing else: a picture, and a table for each. Strategies on the same traffic are seen side by side. */
export function reportHtml(reports: SimulationReport | readonly SimulationReport[], title = 'Simulation'): string {
  const list = listOf(reports);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escapeMarkup(title)}</title>
<style>
body { font: 14px sans-serif; margin: 2em auto; max-width: 960px; }
table { border-collapse: collapse; margin-bottom: 1em; }
th, td { padding: 4px 8px; text-align: right; border-bottom: 1px solid #ddd; font-variant-numeric: tabular-nums; }
th:first-child, td:first-child { text-align: left; white-space: nowrap; }
</style>
</head>
<body>
<h1>${escapeMarkup(title)}</h1>
${reportPlot(list)}
${list.map(section).join('\n')}
</body>
</html>
`;
}

function section(report: SimulationReport): string {
  return `<h2>${escapeMarkup(report.name)}</h2>
<table>
<tr>${headings.map((heading) => `<th>${heading}</th>`).join('')}</tr>
${reportRows(report)
  .map((cells) => `<tr>${cells.map((cell) => `<td>${escapeMarkup(cell)}</td>`).join('')}</tr>`)
  .join('\n')}
</table>
<p>${escapeMarkup(remarks(report).join(' '))}</p>`;
}
