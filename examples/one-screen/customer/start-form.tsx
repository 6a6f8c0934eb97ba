import {
  Body1,
  Button,
  Caption1,
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
import type { CustomerCall, CustomerChat, CustomerClient } from 'onescreen/customer';
import { useState, type SubmitEvent } from 'react';
import { topics } from '../topics';
import { useWaitEstimate } from './use-wait-estimate';
import { waitWords } from './wait-words';

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
  lost,
  started,
  called,
}: {
  readonly client: CustomerClient;
  /** A chat of before could not be taken up again. */
  readonly lost: boolean;
  readonly started: (chat: CustomerChat) => void;
  readonly called: (call: CustomerCall) => void;
}) {
  const styles = useStyles();
  const [name, setName] = useState('');
  const [topic, setTopic] = useState<string>(topics[0]);
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const wait = useWaitEstimate(client);
  const known = name.trim() !== '';
  const ready = known && text.trim() !== '';
  const request = { displayName: name.trim(), context: { topic } };

  const attempt = async (start: () => Promise<void>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await start();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };
  const startChat = (event: SubmitEvent) => {
    event.preventDefault();
    if (!ready || busy) return;
    const where = provider === undefined ? {} : { provider };
    void attempt(async () => started(await client.start({ ...request, text: text.trim(), ...where })));
  };
  const startCall = () => void attempt(async () => called(await client.call(request)));

  return (
    <form className={styles.form} onSubmit={startChat}>
      <Title3 as="h1">Chat with us</Title3>
      <Body1>We answer right here. Tell us who you are and what it is about; write or call.</Body1>
      <Caption1 role="status" aria-label="Waiting time">
        {wait !== undefined && waitWords(wait)}
      </Caption1>
      {lost && (
        <MessageBar intent="warning" role="status" layout="multiline">
          <MessageBarBody>Your last chat is gone. Please start again.</MessageBarBody>
        </MessageBar>
      )}
      {problem !== undefined && (
        <MessageBar intent="error" role="alert" layout="multiline">
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
      <Button disabled={!known || busy} onClick={startCall}>
        Call us
      </Button>
    </form>
  );
}
