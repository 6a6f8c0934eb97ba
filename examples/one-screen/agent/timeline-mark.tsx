import { Caption1, makeStyles, tokens } from '@fluentui/react-components';
import type {
  CallbackItem,
  ChannelItem,
  ConsultItem,
  InvitationItem,
  MessageItem,
  NoteItem,
  TaskItem,
  TimelineItem,
} from 'onescreen';
import { useAgent } from 'onescreen/react';
import { timeOfDay } from '../duration';
import { aChannel } from './a-channel';

const useStyles = makeStyles({
  mark: { alignSelf: 'center', color: tokens.colorNeutralForeground3, textAlign: 'center' },
  note: {
    alignSelf: 'stretch',
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    borderLeft: `3px solid ${tokens.colorPaletteYellowBorderActive}`,
    backgroundColor: tokens.colorPaletteYellowBackground1,
    color: tokens.colorNeutralForeground1,
    borderRadius: tokens.borderRadiusMedium,
    overflowWrap: 'anywhere',
  },
});

type Mark = Exclude<TimelineItem, MessageItem>;

/** What happened between the messages. */
export function TimelineMark({ item, nameOf }: { readonly item: Mark; readonly nameOf: (id: string) => string }) {
  const styles = useStyles();
  const me = useAgent()?.agent.id;
  if (item.kind === 'note') {
    return (
      <div className={styles.note} role="note">
        <Caption1>Note by {item.by.id === undefined ? item.by.kind : nameOf(item.by.id)}</Caption1>
        <div>{item.text}</div>
      </div>
    );
  }
  return (
    <div className={styles.mark}>
      <Caption1>
        {words(item, nameOf, me)} · {timeOfDay(item.at)}
      </Caption1>
    </div>
  );
}

function words(item: Exclude<Mark, NoteItem>, nameOf: (id: string) => string, me: string | undefined): string {
  switch (item.kind) {
    case 'channel':
      return channelWords(item, nameOf);
    case 'participant':
      return `${item.displayName ?? nameOf(item.participantId)} ${item.change}${because(item.reason)}`;
    case 'consult':
      return consultWords(item);
    case 'callback':
      return callbackWords(item);
    case 'invitation':
      return invitationWords(item);
    case 'task':
      return taskWords(
        item,
        item.agentId === me ? 'you' : item.agentId === undefined ? 'an agent' : nameOf(item.agentId),
      );
  }
}

function channelWords(item: ChannelItem, nameOf: (id: string) => string): string {
  const { change, channel, reason, participantId } = item;
  const who = participantId === undefined ? 'Somebody' : nameOf(participantId);
  switch (change) {
    case 'opened':
      return `Opened: ${channel ?? 'channel'}`;
    case 'held':
      return 'Put on hold';
    case 'resumed':
      return 'Back from hold';
    case 'recording-started':
      return 'Recording started';
    case 'recording-paused':
      return 'Recording paused';
    case 'recording-resumed':
      return 'Recording goes on';
    case 'recording-stopped':
      return 'Recording stopped';
    case 'closed':
      return `Ended${because(reason)}`;
    case 'waiting':
      return `${who} waits in the lobby`;
    case 'joined':
      return `${who} is in the meeting`;
    case 'left':
      return `${who} has left the meeting`;
    case 'denied':
      return `${who} was not let into the meeting`;
    case 'lobby-timeout':
      return `Nobody let ${who} into the meeting`;
    case 'removed':
      return `${who} was removed from the meeting`;
    case 'failed':
      return `${who} could not join the meeting`;
    case 'consent-required':
      return `${who} is asked to agree to the recording`;
    case 'consent-granted':
      return `${who} has agreed to the recording`;
    case 'sharing-started':
      return `${who} shares the screen`;
    case 'sharing-stopped':
      return `${who} shares no more`;
  }
}

function invitationWords({ channel, status }: InvitationItem): string {
  const where = aChannel(channel);
  switch (status) {
    case 'open':
      return `Customer invited to ${where}`;
    case 'accepted':
      return `Customer accepted ${where}`;
    case 'declined':
      return `Customer declined ${where}`;
    case 'expired':
      return `Invitation to ${where} ran out`;
    case 'withdrawn':
      return `Invitation to ${where} withdrawn`;
  }
}

function consultWords({ purpose, displayName, status, reason }: ConsultItem): string {
  const [asked, done] = consultVerbs[purpose];
  switch (status) {
    case 'ringing':
      return `${asked} ${displayName}`;
    case 'consulting':
      return `Consulting ${displayName}, the customer hears music`;
    case 'swapped':
      return `Back with the customer, ${displayName} hears music`;
    case 'merged':
      return `${displayName} is in the call`;
    case 'completed':
      return `${done} ${displayName}${because(reason)}`;
    case 'cancelled':
      return `No longer with ${displayName}${because(reason)}`;
    case 'failed':
      return `${displayName} did not take it${because(reason)}`;
  }
}

const consultVerbs: Readonly<Record<ConsultItem['purpose'], readonly [string, string]>> = {
  consult: ['Asking', 'Transferred to'],
  transfer: ['Transferring to', 'Transferred to'],
  conference: ['Bringing in', 'Left to'],
};

function callbackWords({ status, dueAt, note }: CallbackItem): string {
  switch (status) {
    case 'scheduled':
      return `Callback promised for ${timeOfDay(dueAt)}${note === undefined ? '' : `: ${note}`}`;
    case 'queued':
      return 'Callback is due';
    case 'calling':
      return 'Calling back';
    case 'done':
      return 'Called back';
    case 'cancelled':
      return 'Callback cancelled';
  }
}

function taskWords({ status, reason, disposition }: TaskItem, agent: string): string {
  switch (status) {
    case 'queued':
      if (reason === 'parked') return 'Parked';
      return reason === undefined ? 'Waiting in the queue' : `Back in the queue${because(reason)}`;
    case 'offered':
      return `Offered to ${agent}`;
    case 'assigned':
      return `Accepted by ${agent}`;
    case 'wrapping':
      return `Wrap-up${because(reason)}`;
    case 'completed':
      return disposition === undefined ? 'Completed' : `Completed: ${disposition}`;
    case 'closed':
      return 'Closed';
    case 'cancelled':
      return `Cancelled${because(reason)}`;
  }
}

function because(reason: string | undefined): string {
  return reason === undefined ? '' : ` (${reason.replaceAll('-', ' ')})`;
}
