import type { Timeline, TimelineItem } from 'onescreen';
import {
  memo,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
} from 'react';
import { placeOf } from './place-of';
import { rowsOf, whatIsSeen } from './rows-on-page';

/** Rows on the page at most, beside the one that has the focus. */
const windowSize = 80;
/** While the window follows the end, as many rows leave its beginning at once: in between, nothing above moves. */
const step = 20;
/** The window moves when fewer rows than these are left beyond what is seen. */
const margin = 20;
/** Height that a row is taken for as long as it is not on the page, in pixels. */
const typicalHeight = 60;
/** Whoever is this close to the end follows it, in pixels. */
const nearEnd = 40;

/** What stays where it is on the screen, whatever comes or goes above. */
interface Anchor {
  readonly id: string;
  /** Of its top edge from that of what is seen, in pixels. */
  readonly offset: number;
}

/**
 * A timeline of any length, of which only the rows around what is seen are on the page. It follows its end, unless the
 * reader has scrolled away from it; then what they read stays in its place. A row that has the focus stays.
 * `children` makes a row's content, and must stay the same function as long as it makes the same.
 */
export function WindowedTimeline(props: {
  readonly timeline: Timeline;
  readonly label: string;
  readonly className?: string;
  readonly listClassName?: string;
  readonly rowClassName?: string;
  /** Above the first item. */
  readonly before?: ReactNode;
  /** Below the last item. */
  readonly after?: ReactNode;
  readonly children: (item: TimelineItem) => ReactNode;
}) {
  const { timeline, label, className, listClassName, rowClassName, before, after, children } = props;
  const { length } = timeline;
  /** The first row of the window; none: it follows the end. */
  const [top, setTop] = useState<TimelineItem>();
  const [focused, setFocused] = useState<TimelineItem>();
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const anchor = useRef<Anchor>(undefined);
  const scrolledTo = useRef(0);

  const following = top === undefined;
  const lastStart = Math.max(0, length - windowSize);
  const start = top === undefined ? Math.ceil(lastStart / step) * step : Math.min(placeOf(timeline, top), lastStart);
  const end = Math.min(length, start + windowSize);

  const settle = () => {
    const element = scroller.current;
    if (element === null) return;
    if (following) element.scrollTop = element.scrollHeight;
    else {
      const row = rowsOf(list.current).find(({ id }) => id === anchor.current?.id);
      if (row !== undefined && anchor.current !== undefined) element.scrollTop = row.top - anchor.current.offset;
    }
    scrolledTo.current = element.scrollTop;
  };
  useLayoutEffect(settle);
  useResized(scroller, list, settle);

  const moveTo = (first: number) => setTop(timeline.at(Math.max(0, Math.min(first, lastStart))));

  const onScroll = () => {
    const element = scroller.current;
    if (element === null) return;
    const { scrollTop, clientHeight, scrollHeight } = element;
    const up = scrollTop < scrolledTo.current;
    scrolledTo.current = scrollTop;
    if (end === length && scrollHeight - scrollTop - clientHeight < nearEnd) return setTop(undefined);
    if (following && !up) return;
    const rows = rowsOf(list.current).filter(({ index }) => index >= start && index < end);
    const seen = whatIsSeen(rows, { scrollTop, clientHeight, typicalHeight });
    const item = timeline.at(Math.max(0, Math.min(seen.first, length - 1)));
    anchor.current = item && { id: item.id, offset: seen.offset };
    const runsOut = (start > 0 && seen.first < start + margin) || (end < length && seen.last > end - margin);
    if (runsOut) moveTo(Math.floor((seen.first + seen.last - windowSize) / 2));
    else if (following) moveTo(start);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target !== event.currentTarget || (event.key !== 'Home' && event.key !== 'End')) return;
    event.preventDefault();
    const first = timeline.at(0);
    anchor.current = first && { id: first.id, offset: 0 };
    if (event.key === 'Home') moveTo(0);
    else setTop(undefined);
  };

  // One list of all: a row that stays when the window moves on must not be made anew.
  const shown: ReactNode[] = [];
  const gap = (key: string, rows: number) => {
    const style = { height: rows * typicalHeight, flexShrink: 0 };
    if (rows > 0) shown.push(<li key={key} aria-hidden style={style} />);
  };
  const row = (index: number) => {
    const item = timeline.at(index);
    if (item !== undefined)
      shown.push(<Row key={item.id} item={item} index={index} className={rowClassName} content={children} />);
  };
  const kept = focused === undefined ? undefined : placeOf(timeline, focused);
  const above = kept !== undefined && kept < start ? kept : undefined;
  const below = kept !== undefined && kept >= end && kept < length ? kept : undefined;
  gap('first', above ?? start);
  if (above !== undefined) row(above);
  if (above !== undefined) gap('above', start - above - 1);
  for (let index = start; index < end; index++) row(index);
  if (below !== undefined) gap('below', below - end);
  if (below !== undefined) row(below);
  gap('last', length - (below === undefined ? end : below + 1));

  return (
    <div
      ref={scroller}
      className={className}
      style={{ position: 'relative', overflowAnchor: 'none' }}
      role="log"
      aria-label={label}
      // What comes onto the page because somebody scrolls is no news.
      aria-live={following ? 'polite' : 'off'}
      tabIndex={0}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
      onFocus={({ target }) => setFocused(itemOf(timeline, target))}
      onBlur={() => setFocused(undefined)}
    >
      <ol ref={list} className={listClassName}>
        {start === 0 && before}
        {shown}
        {after}
      </ol>
    </div>
  );
}

/** An item at its place. It renders again only when it, or what its content is made of, is another. */
const Row = memo(function Row(props: {
  readonly item: TimelineItem;
  readonly index: number;
  readonly className: string | undefined;
  readonly content: (item: TimelineItem) => ReactNode;
}) {
  const { item, index, className, content } = props;
  const made = content(item);
  if (made === null) return null;
  // How many there are in all is not said: it changes with every message.
  return (
    <li className={className} data-item={item.id} data-index={index} aria-posinset={index + 1} aria-setsize={-1}>
      {made}
    </li>
  );
});

/** Calls `resized` when the page gives one of them another size. */
function useResized(
  outer: RefObject<HTMLElement | null>,
  inner: RefObject<HTMLElement | null>,
  resized: () => void,
): void {
  const latest = useRef(resized);
  // Before the page tells of the size that it has just got.
  useLayoutEffect(() => {
    latest.current = resized;
  });
  useEffect(() => {
    const observer = new ResizeObserver(() => latest.current());
    if (outer.current !== null) observer.observe(outer.current);
    if (inner.current !== null) observer.observe(inner.current);
    return () => observer.disconnect();
  }, [outer, inner]);
}

/** The item of the row that an element is in. */
function itemOf(timeline: Timeline, element: Element): TimelineItem | undefined {
  const row = element.closest('[data-index]');
  return row instanceof HTMLElement ? timeline.at(Number(row.dataset['index'])) : undefined;
}
