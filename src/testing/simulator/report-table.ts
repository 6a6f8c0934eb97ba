import type { SimulationReport } from './report';
import { headings, remarks, reportRows } from './report-rows';

/** Reports as a table for a terminal, one below the other. */
export function reportTable(reports: SimulationReport | readonly SimulationReport[]): string {
  return listOf(reports).map(tableOf).join('\n');
}

export function listOf(reports: SimulationReport | readonly SimulationReport[]): readonly SimulationReport[] {
  return 'name' in reports ? [reports] : reports;
}

function tableOf(report: SimulationReport): string {
  const rows = [headings, ...reportRows(report)];
  const widths = headings.map((_, column) => Math.max(...rows.map((cells) => (cells[column] ?? '').length)));
  const lines = rows.map((cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return [`${report.name} (seed ${report.seed})`, ...lines, ...remarks(report), ''].join('\n');
}
