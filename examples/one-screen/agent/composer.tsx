import { Caption1, Textarea, makeStyles, tokens } from '@fluentui/react-components';
import { SendRegular } from '@fluentui/react-icons/svg/send';
import { useControls } from 'onescreen/react';
import { useState } from 'react';
import { ControlButton, denied } from './control-button';
import { useMessages } from './use-messages';

const useStyles = makeStyles({
  composer: {
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL}`,
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
    display: 'flex',
    flexDirection: 'column',
    rowGap: tokens.spacingVerticalXS,
  },
  line: { display: 'flex', alignItems: 'flex-end', columnGap: tokens.spacingHorizontalS },
  text: { flexGrow: 1 },
  hint: { color: tokens.colorNeutralForeground3 },
});

/** Writes messages. Enter sends, Shift+Enter begins a new line; the other side sees that somebody types. */
export function Composer({ taskId, conversationId }: { readonly taskId: string; readonly conversationId: string }) {
  const styles = useStyles();
  const { send, can } = useControls(taskId);
  const channel = useMessages(conversationId)?.channel;
  const [text, setText] = useState('');

  const write = (value: string) => {
    setText(value);
    // Only a hint to the other side: one that is lost is no failure.
    if (value !== '') channel?.typing().catch(() => {});
  };
  const submit = () => {
    const written = text.trim();
    if (written === '' || !can('send').allowed) return;
    setText('');
    // A failure stands beside the message in the timeline, with a button to try again.
    send.run(written).catch(() => {});
  };

  return (
    <form
      className={styles.composer}
      aria-label="Write a message"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className={styles.line}>
        <Textarea
          className={styles.text}
          aria-label="Message"
          placeholder={send.allowed ? 'Write a message' : denied(send)}
          disabled={!send.allowed}
          resize="none"
          value={text}
          onChange={(_, { value }) => write(value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            submit();
          }}
        />
        <ControlButton can={send} submit appearance="primary" icon={<SendRegular />} label="Send" />
      </div>
      <Caption1 className={styles.hint}>Enter sends, Shift+Enter begins a new line</Caption1>
    </form>
  );
}
