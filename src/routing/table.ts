/** Whole numbers in rows side by side in memory, each 0 until it is set; it grows in both directions. */
export class Table {
  /** Numbers in a row. */
  stride = 8;
  cells = new Int32Array(8 * this.stride);

  /** Makes room for a row, and for a column in every row. */
  reserve(row: number, column: number): void {
    while (column >= this.stride) this.#resize(2 * this.stride, 2 * this.cells.length);
    while ((row + 1) * this.stride > this.cells.length) this.#resize(this.stride, 2 * this.cells.length);
  }

  clear(row: number): void {
    this.cells.fill(0, row * this.stride, (row + 1) * this.stride);
  }

  #resize(stride: number, length: number): void {
    const { cells, stride: before } = this;
    this.cells = new Int32Array(length);
    this.stride = stride;
    for (let from = 0, to = 0; from < cells.length; from += before, to += stride)
      this.cells.set(cells.subarray(from, from + before), to);
  }
}
