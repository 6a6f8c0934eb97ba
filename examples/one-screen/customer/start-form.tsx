import {
  Body1,
  Button,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  Select,
  Textarea,
  Title3,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import type { CustomerChat, CustomerClient } from 'onescreen/customer';
import { useState, type SubmitEvent } from 'react';
import { topics } from '../topics';

const useStyles = makeStyles({
  form: {
    display: 'flex',
    flexDirection: 'column',
    rowGap: tokens.spacingVerticalL,
    padding: tokens.spacingHorizontalXXL,
  },
});

/** `?chat=server` asks for chat hosted by the control plane, `?chat=acs` for ACS; without it the server decides. */
const provider = new URLSearchParams(location.search).get('chat') ?? undefined;

/** Who is there, and what it is about. */
export function StartForm({
  client,
  started,
}: {
  readonly client: CustomerClient;
  readonly started: (chat: CustomerChat) => void;
}) {
  const styles = useStyles();
  const [name, setName] = useState('');
  const [topic, setTopic] = useState<string>(topics[0]);
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const ready = name.trim() !== '' && text.trim() !== '';

  const start = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!ready || busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const chat = await client.start({
        displayName: name.trim(),
        text: text.trim(),
        context: { topic },
        ...(provider !== undefined && { provider }),
      });
      started(chat);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };

  return (
    <form className={styles.form} onSubmit={(event) => void start(event)}>
      <Title3 as="h1">Chat with us</Title3>
      <Body1>We answer right here. Tell us who you are and what it is about.</Body1>
      {problem !== undefined && (
        <MessageBar intent="error" role="alert">
          <MessageBarBody>{problem}</MessageBarBody>
        </MessageBar>
      )}
      <Field label="Your name" required>
        <Input value={name} autoComplete="name" onChange={(_, { value }) => setName(value)} />
      </Field>
      <Field label="Topic">
        <Select value={topic} onChange={(_, { value }) => setTopic(value)}>
          {topics.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </Select>
      </Field>
      <Field label="Message" required>
        <Textarea value={text} resize="vertical" onChange={(_, { value }) => setText(value)} />
      </Field>
      <Button type="submit" appearance="primary" disabled={!ready || busy}>
        Start chat
      </Button>
    </form>
  );
}
