import { Button, Textarea, makeStyles, tokens } from '@fluentui/react-components';
import { SendRegular } from '@fluentui/react-icons/svg/send';
import type { CustomerChat } from 'onescreen/customer';
import { useState } from 'react';

const useStyles = makeStyles({
  form: {
    display: 'flex',
    alignItems: 'flex-end',
    columnGap: tokens.spacingHorizontalS,
    padding: tokens.spacingHorizontalL,
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  text: { flexGrow: 1 },
});

/** Writes messages; Enter sends. */
export function CustomerComposer({ chat }: { readonly chat: CustomerChat }) {
  const styles = useStyles();
  const [text, setText] = useState('');
  const submit = () => {
    const written = text.trim();
    if (written === '') return;
    setText('');
    // A failure stands beside the message, with a button to try again.
    chat.send(written).catch(() => {});
  };
  return (
    <form
      className={styles.form}
      aria-label="Write a message"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Textarea
        className={styles.text}
        aria-label="Message"
        placeholder="Write a message"
        resize="none"
        value={text}
        onChange={(_, { value }) => {
          setText(value);
          // Only a hint to the other side: one that is lost is no failure.
          if (value !== '') chat.typing().catch(() => {});
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          submit();
        }}
      />
      <Button
        type="submit"
        appearance="primary"
        icon={<SendRegular />}
        aria-label="Send"
        disabled={text.trim() === ''}
      />
    </form>
  );
}
