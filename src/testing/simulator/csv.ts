import { refuseTraffic } from './refuse';

/** One row, by column; `row` is its line in the text, the header being line 1. */
export interface CsvRow {
  readonly row: number;
  readonly cells: ReadonlyMap<string, string>;
}

/** Reads CSV (RFC 4180): commas, or semicolons where the header has more of them; quotes; empty lines left out. Column names lose case and outer spaces. */
export function readCsv(text: string): { readonly columns: readonly string[]; readonly rows: readonly CsvRow[] } {
  const separator = separatorOf(text);
  const [header, ...records] = recordsOf(text.replace(/\r\n?/g, '\n'), separator);
  const columns = header?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
  const double = columns.find((column, index) => columns.indexOf(column) !== index);
  if (double !== undefined) throw refuseTraffic('is there twice', `row 1, column "${double}"`);
  const rows = records.map(({ row, cells }) => {
    if (cells.length > columns.length)
      throw refuseTraffic('is one more than the header has', `row ${row}, cell ${columns.length + 1}`);
    return { row, cells: new Map(columns.map((column, index) => [column, cells[index]?.trim() ?? ''])) };
  });
  return { columns, rows };
}

function separatorOf(text: string): string {
  const [header = ''] = text.split(/[\r\n]/, 1);
  return header.split(';').length > header.split(',').length ? ';' : ',';
}

function recordsOf(
  text: string,
  separator: string,
): readonly { readonly row: number; readonly cells: readonly string[] }[] {
  const records: { row: number; cells: string[] }[] = [];
  let line = 1;
  let record = { row: line, cells: [''] };
  let quoted = false;
  const end = () => {
    if (record.cells.length > 1 || record.cells[0]?.trim() !== '') records.push(record);
  };
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charAt(index);
    const last = record.cells.length - 1;
    const cell = record.cells[last] ?? '';
    if (char === '\n') line += 1;
    if (quoted && char === '"' && text.charAt(index + 1) === '"') {
      record.cells[last] = `${cell}"`;
      index += 1;
    } else if (quoted) {
      if (char === '"') quoted = false;
      else record.cells[last] = cell + char;
    } else if (char === '"' && cell.trim() === '') {
      quoted = true;
      record.cells[last] = '';
    } else if (char === separator) record.cells.push('');
    else if (char === '\n') {
      end();
      record = { row: line, cells: [''] };
    } else record.cells[last] = cell + char;
  }
  if (quoted) throw refuseTraffic('has a quote that is never closed', `row ${record.row}`);
  end();
  return records;
}
