import {
  Button,
  Caption1,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  makeStyles,
  mergeClasses,
  tokens,
} from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { EditRegular } from '@fluentui/react-icons/svg/edit';
import { MoreHorizontalRegular } from '@fluentui/react-icons/svg/more-horizontal';
import type { MessageItem, MessageState } from 'onescreen';
import { useControls } from 'onescreen/react';
import { useState } from 'react';
import { timeOfDay } from '../duration';
import { EditMessage } from './edit-message';
import { useRun } from './reports';
import { useMessages } from './use-messages';

const useStyles = makeStyles({
  message: { display: 'flex', flexDirection: 'column', maxWidth: '75%', rowGap: tokens.spacingVerticalXXS },
  in: { alignSelf: 'flex-start', alignItems: 'flex-start' },
  out: { alignSelf: 'flex-end', alignItems: 'flex-end' },
  line: { display: 'flex', alignItems: 'center', columnGap: tokens.spacingHorizontalXS, maxWidth: '100%' },
  lineOut: { flexDirection: 'row-reverse' },
  bubble: {
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    borderRadius: tokens.borderRadiusXLarge,
    backgroundColor: tokens.colorNeutralBackground3,
    color: tokens.colorNeutralForeground1,
    overflowWrap: 'anywhere',
    minWidth: 0,
    '& p': { margin: 0 },
  },
  text: { whiteSpace: 'pre-wrap' },
  own: { backgroundColor: tokens.colorBrandBackground2, color: tokens.colorNeutralForeground1 },
  failed: { outline: `1px solid ${tokens.colorPaletteRedBorder2}` },
  gone: { fontStyle: 'italic', color: tokens.colorNeutralForeground3 },
  faint: { color: tokens.colorNeutralForeground3 },
});

/** One message, how far it has come, and what its author can still do about it. */
export function MessageBubble(props: {
  readonly item: MessageItem;
  readonly from: string;
  readonly taskId: string;
  readonly conversationId: string;
}) {
  const { item, from, taskId, conversationId } = props;
  const styles = useStyles();
  const [editing, setEditing] = useState(false);
  const own = item.direction === 'out';
  const changeable = own && item.deletedAt === undefined && isStored(item.state);
  return (
    <div className={mergeClasses(styles.message, own ? styles.out : styles.in)}>
      <Caption1 className={styles.faint}>
        {own ? 'You' : from} · {timeOfDay(item.at)}
        {item.editedAt !== undefined && item.deletedAt === undefined && ' · edited'}
      </Caption1>
      <div className={mergeClasses(styles.line, own && styles.lineOut)}>
        {editing ? <EditMessage item={item} taskId={taskId} done={() => setEditing(false)} /> : <Content item={item} />}
        {changeable && !editing && <MessageMenu item={item} taskId={taskId} edit={() => setEditing(true)} />}
      </div>
      {own && item.deletedAt === undefined && <Caption1 className={styles.faint}>{stateWords[item.state]}</Caption1>}
      {item.state === 'failed' && <TryAgain item={item} conversationId={conversationId} />}
    </div>
  );
}

function Content({ item }: { readonly item: MessageItem }) {
  const styles = useStyles();
  const bubble = mergeClasses(
    styles.bubble,
    item.direction === 'out' && styles.own,
    item.state === 'failed' && styles.failed,
  );
  const place = { className: bubble, 'data-message': item.state };
  if (item.deletedAt !== undefined)
    return (
      <div {...place} className={mergeClasses(bubble, styles.gone)}>
        Message deleted
      </div>
    );
  // `html` is there only after the provider has sanitised it.
  if (item.html !== undefined) return <div {...place} dangerouslySetInnerHTML={{ __html: item.html }} />;
  return (
    <div {...place} className={mergeClasses(bubble, styles.text)}>
      {item.text}
    </div>
  );
}

function TryAgain({ item, conversationId }: { readonly item: MessageItem; readonly conversationId: string }) {
  const run = useRun();
  const channel = useMessages(conversationId)?.channel;
  return (
    <Button size="small" onClick={() => run(async () => channel?.retry(item.id))}>
      Try again
    </Button>
  );
}

function MessageMenu({
  item,
  taskId,
  edit,
}: {
  readonly item: MessageItem;
  readonly taskId: string;
  readonly edit: () => void;
}) {
  const run = useRun();
  const controls = useControls(taskId);
  if (!controls.edit.allowed && !controls.delete.allowed) return null;
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button appearance="transparent" size="small" icon={<MoreHorizontalRegular />} aria-label="Message actions" />
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItem icon={<EditRegular />} disabled={!controls.edit.allowed} onClick={edit}>
            Edit
          </MenuItem>
          <MenuItem
            icon={<DeleteRegular />}
            disabled={!controls.delete.allowed}
            onClick={() => run(() => controls.delete.run(item.id))}
          >
            Delete
          </MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

const stateWords: Readonly<Record<MessageState, string>> = {
  sending: 'Sending…',
  queued: 'Waiting to be sent',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
  failed: 'Not sent',
};

function isStored(state: MessageState): boolean {
  return state === 'sent' || state === 'delivered' || state === 'read';
}
