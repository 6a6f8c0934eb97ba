import { ContactCenterProvider, useControls, useConversation, useTask, useTimeline } from 'onescreen/react';
import { busyDesk, message } from '../../../test/react/busy-desk';
import { measureRowsOf, renderedRow } from './rows';

interface RowProps {
  readonly index: number;
}

const rowOf: Readonly<Record<string, (props: RowProps) => React.JSX.Element>> = {
  useTimeline({ index }) {
    renderedRow();
    return <li>{useTimeline(`c-${index}`)?.length}</li>;
  },
  useConversation({ index }) {
    renderedRow();
    return <li>{useConversation(`c-${index}`)?.state.unread}</li>;
  },
  'useTimeline, useConversation'({ index }) {
    renderedRow();
    useConversation(`c-${index}`);
    return <li>{useTimeline(`c-${index}`)?.length}</li>;
  },
  'useTimeline, useConversation, useTask, useControls'({ index }) {
    renderedRow();
    useConversation(`c-${index}`);
    useTask(`t-${index}`);
    useControls(`t-${index}`);
    return <li>{useTimeline(`c-${index}`)?.length}</li>;
  },
};

measureRowsOf(async ({ rows, messages, hooks }) => {
  const { client, arrive } = await busyDesk(rows, messages);
  const Row = rowOf[hooks];
  if (Row === undefined) throw new Error(`there is no row with ${hooks}`);
  const next = new Array<number>(rows).fill(messages);
  return {
    list: (
      <ContactCenterProvider client={client}>
        {next.map((_, index) => (
          <Row key={index} index={index} />
        ))}
      </ContactCenterProvider>
    ),
    happen(row) {
      const number = next[row] ?? 0;
      next[row] = number + 1;
      arrive(row, message(number));
    },
  };
});
