import { Text } from '@fluentui/react-components';
import type { CustomerMeeting } from 'onescreen/customer';
import { useLive } from 'onescreen/react';

/** What was said last, as text. */
export function CaptionLines({ meeting }: { readonly meeting: CustomerMeeting }) {
  const captions = useLive(meeting.captions$);
  return (
    <div role="log" aria-label="Captions">
      {captions.slice(-3).map(({ id, speaker, text }) => (
        <Text key={id} block>
          {speaker}: {text}
        </Text>
      ))}
    </div>
  );
}
