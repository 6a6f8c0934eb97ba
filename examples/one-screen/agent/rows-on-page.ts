/** A row of a list, and where it is in what is scrolled, in pixels. */
export interface RowOnPage {
  readonly id: string;
  readonly index: number;
  readonly top: number;
  readonly bottom: number;
}

export function rowsOf(list: HTMLElement | null): readonly RowOnPage[] {
  return [...(list?.children ?? [])].flatMap((row) => {
    if (!(row instanceof HTMLElement)) return [];
    const { item, index } = row.dataset;
    if (item === undefined || index === undefined) return [];
    const top = row.offsetTop;
    return [{ id: item, index: Number(index), top, bottom: top + row.offsetHeight }];
  });
}

/**
 * The indexes of the first and the last row that is seen, and how far the first one's top edge is from that of what is
 * seen. Where no row is on the page, it is worked out from the nearest one.
 */
export function whatIsSeen(
  rows: readonly RowOnPage[],
  view: { readonly scrollTop: number; readonly clientHeight: number; readonly typicalHeight: number },
): { readonly first: number; readonly last: number; readonly offset: number } {
  const { scrollTop, clientHeight, typicalHeight } = view;
  const seen = rows.filter(({ top, bottom }) => bottom > scrollTop && top < scrollTop + clientHeight);
  const [first] = seen;
  const last = seen.at(-1);
  if (first !== undefined && last !== undefined)
    return { first: first.index, last: last.index, offset: first.top - scrollTop };
  const nearest = (rows[0]?.top ?? 0) > scrollTop ? rows[0] : rows.at(-1);
  const away = Math.floor((scrollTop - (nearest?.top ?? 0)) / typicalHeight);
  const index = (nearest?.index ?? 0) + away;
  return { first: index, last: index + Math.ceil(clientHeight / typicalHeight), offset: 0 };
}
