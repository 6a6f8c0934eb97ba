import { Button, Caption1, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { MessageItem, TimelineItem } from 'onescreen';
import type { CustomerChat } from 'onescreen/customer';
import { useLive } from 'onescreen/react';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { timeOfDay } from '../duration';

const useStyles = makeStyles({
  scroller: { flexGrow: 1, minHeight: 0, overflowY: 'auto', padding: `0 ${tokens.spacingHorizontalL}` },
  list: {
    listStyleType: 'none',
    margin: 0,
    padding: 0,
    minHeight: '100%',
    display: 'flex',
    flexDirection: 'column',
    justifyContent: 'flex-end',
    rowGap: tokens.spacingVerticalS,
  },
  message: { maxWidth: '80%', display: 'flex', flexDirection: 'column' },
  in: { alignSelf: 'flex-start', alignItems: 'flex-start' },
  out: { alignSelf: 'flex-end', alignItems: 'flex-end' },
  bubble: {
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    borderRadius: tokens.borderRadiusXLarge,
    backgroundColor: tokens.colorNeutralBackground3,
    overflowWrap: 'anywhere',
    whiteSpace: 'pre-wrap',
    '& p': { margin: 0 },
  },
  own: { backgroundColor: tokens.colorBrandBackground2 },
  gone: { fontStyle: 'italic', color: tokens.colorNeutralForeground3 },
  faint: { color: tokens.colorNeutralForeground3 },
  mark: { alignSelf: 'center', color: tokens.colorNeutralForeground3 },
  typing: { minHeight: '20px', color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
});

/** What was said, and who came and went. */
export function MessageList({ chat }: { readonly chat: CustomerChat }) {
  const styles = useStyles();
  const timeline = useLive(chat.timeline$);
  const participants = useLive(chat.participants$);
  const typing = useLive(chat.typing$);
  const scroller = useRef<HTMLDivElement>(null);
  const items = timeline.slice(-200).filter(isShown);
  const lastIn = items.filter((item) => item.kind === 'message' && item.direction === 'in').at(-1)?.id;
  const nameOf = (id: string | undefined) => participants.find((one) => one.id === id)?.displayName;

  useLayoutEffect(() => {
    if (scroller.current !== null) scroller.current.scrollTop = scroller.current.scrollHeight;
  }, [timeline.length, typing.length]);
  useEffect(() => {
    // A receipt that is lost is followed by the next one.
    if (lastIn !== undefined) chat.markRead().catch(() => {});
  }, [chat, lastIn]);

  return (
    <div className={styles.scroller} ref={scroller} role="log" aria-label="Messages" tabIndex={0}>
      <ol className={styles.list}>
        {items.map((item) =>
          item.kind === 'message' ? (
            <Message key={item.id} item={item} from={nameOf(item.from) ?? item.fromName ?? 'Agent'} chat={chat} />
          ) : (
            <li key={item.id} className={styles.mark}>
              <Caption1>
                {item.displayName ?? nameOf(item.participantId)} {item.change}
              </Caption1>
            </li>
          ),
        )}
        <li className={styles.typing} aria-live="polite">
          {typing.length > 0 && `${typing.map(nameOf).join(', ')} is typing…`}
        </li>
      </ol>
    </div>
  );
}

function Message({
  item,
  from,
  chat,
}: {
  readonly item: MessageItem;
  readonly from: string;
  readonly chat: CustomerChat;
}) {
  const styles = useStyles();
  const own = item.direction === 'out';
  const bubble = mergeClasses(styles.bubble, own && styles.own);
  return (
    <li className={mergeClasses(styles.message, own ? styles.out : styles.in)}>
      <Caption1 className={styles.faint}>
        {own ? 'You' : from} · {timeOfDay(item.at)}
        {item.editedAt !== undefined && item.deletedAt === undefined && ' · edited'}
      </Caption1>
      {item.deletedAt !== undefined ? (
        <div className={mergeClasses(bubble, styles.gone)} data-message={item.state}>
          Message deleted
        </div>
      ) : item.html !== undefined ? (
        // `html` is there only after the provider has sanitised it.
        <div className={bubble} data-message={item.state} dangerouslySetInnerHTML={{ __html: item.html }} />
      ) : (
        <div className={bubble} data-message={item.state}>
          {item.text}
        </div>
      )}
      {own && item.deletedAt === undefined && <Caption1 className={styles.faint}>{progress(item)}</Caption1>}
      {item.state === 'failed' && (
        <Button size="small" onClick={() => void chat.retry(item.id).catch(() => {})}>
          Try again
        </Button>
      )}
    </li>
  );
}

function progress({ state }: MessageItem): string {
  if (state === 'failed') return 'Not sent';
  if (state === 'read') return 'Read';
  return state === 'sending' || state === 'queued' ? 'Sending…' : 'Sent';
}

function isShown(item: TimelineItem) {
  return item.kind === 'message' || item.kind === 'participant';
}
