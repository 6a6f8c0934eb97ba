import { useChannel, useControls } from 'onescreen/react';
import { useState } from 'react';

/** Writes messages: Enter sends. */
export function SendBox({ taskId, conversationId }: { readonly taskId: string; readonly conversationId: string }) {
  const { send, can } = useControls(taskId);
  const chat = useChannel(conversationId, 'chat');
  const [text, setText] = useState('');

  const write = (value: string) => {
    setText(value);
    // Only a hint to the other side: one that is lost is no failure.
    if (value !== '') chat?.channel.typing().catch(() => {});
  };
  const submit = () => {
    const written = text.trim();
    if (written === '' || !can('send').allowed) return;
    // At once, not when it is stored: a second Enter has nothing to send again.
    setText('');
    // A failure stands beside the message in the thread, with a button to try again.
    send.run(written).catch(() => {});
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <input
        aria-label="Message"
        value={text}
        disabled={!send.allowed}
        onChange={({ target }) => write(target.value)}
        // The Enter that picks a word of an input method sends nothing.
        onKeyDown={(event) => {
          if (event.key === 'Enter' && event.nativeEvent.isComposing) event.preventDefault();
        }}
      />
      {chat !== undefined && chat.typing.length > 0 && <p>The customer is typing…</p>}
    </form>
  );
}
