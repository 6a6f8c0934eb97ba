import { memo, useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import { message } from '../../../test/react/busy-desk';
import { measureViewOf } from './view';

// The least that has all messages on the page: chunks of a hundred that render only when one of theirs changed.

type Message = ReturnType<typeof message>;

const chunkSize = 100;
const time = new Intl.DateTimeFormat([], { hour: '2-digit', minute: '2-digit' });

const Chunk = memo(function Chunk({ messages }: { readonly messages: readonly Message[] }) {
  return (
    <ol>
      {messages.map(({ providerId, sender, at, text }) => (
        <li key={providerId}>
          <small>
            {sender} · {time.format(at)}
          </small>
          <div>{text}</div>
        </li>
      ))}
    </ol>
  );
});

measureViewOf(async (count) => {
  const all = Array.from({ length: count }, (_, index) => message(index));
  let chunks: readonly (readonly Message[])[] = Array.from({ length: Math.ceil(count / chunkSize) }, (_, chunk) =>
    all.slice(chunk * chunkSize, (chunk + 1) * chunkSize),
  );
  let next = count;
  const listeners = new Set<() => void>();
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  function List() {
    const scroller = useRef<HTMLDivElement>(null);
    const shown = useSyncExternalStore(subscribe, () => chunks);
    useLayoutEffect(() => {
      if (scroller.current !== null) scroller.current.scrollTop = scroller.current.scrollHeight;
    }, [shown]);
    return (
      <div ref={scroller} style={{ overflowY: 'auto', flexGrow: 1 }}>
        {shown.map((messages, chunk) => (
          <Chunk key={chunk} messages={messages} />
        ))}
      </div>
    );
  }
  return {
    view: <List />,
    arrive() {
      const one = message(next++);
      const last = chunks.at(-1) ?? [];
      chunks = last.length < chunkSize ? [...chunks.slice(0, -1), [...last, one]] : [...chunks, [one]];
      for (const listener of listeners) listener();
      return one.text;
    },
  };
});
