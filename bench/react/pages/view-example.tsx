import { ContactCenterProvider } from 'onescreen/react';
import { Reports } from '../../../examples/one-screen/agent/reports';
import { TimelineView } from '../../../examples/one-screen/agent/timeline-view';
import { Themed } from '../../../examples/one-screen/theme';
import { busyDesk, message } from '../../../test/react/busy-desk';
import { measureViewOf } from './view';

const style = document.createElement('style');
style.textContent = '.fui-FluentProvider { display: flex; flex-direction: column; min-height: 0 }';
document.head.append(style);

// The timeline of the sample app, with all that is around it.
measureViewOf(async (messages) => {
  const { client, arrive } = await busyDesk(1, messages);
  let next = messages;
  return {
    view: (
      <Themed>
        <ContactCenterProvider client={client}>
          <Reports>
            <TimelineView taskId="t-0" conversationId="c-0" />
          </Reports>
        </ContactCenterProvider>
      </Themed>
    ),
    arrive() {
      const one = message(next++);
      arrive(0, one);
      return one.text;
    },
  };
});
