import { Button, Toolbar, makeStyles, tokens } from '@fluentui/react-components';
import { HandRightRegular } from '@fluentui/react-icons/svg/hand-right';
import { MicRegular } from '@fluentui/react-icons/svg/mic';
import { MicOffRegular } from '@fluentui/react-icons/svg/mic-off';
import { PlayRegular } from '@fluentui/react-icons/svg/play';
import { ShareScreenStartRegular } from '@fluentui/react-icons/svg/share-screen-start';
import { VideoRegular } from '@fluentui/react-icons/svg/video';
import { VideoOffRegular } from '@fluentui/react-icons/svg/video-off';
import type { MeetingAction } from 'onescreen';
import type { CustomerMeeting, CustomerMeetingState } from 'onescreen/customer';
import { useLive } from 'onescreen/react';
import type { ReactElement } from 'react';

const useStyles = makeStyles({ buttons: { padding: 0, flexWrap: 'wrap', gap: tokens.spacingHorizontalS } });

type Choice = readonly [action: MeetingAction, words: string, icon: ReactElement | undefined, act: () => Promise<void>];

/** The customer's own microphone, camera, screen and hand, as far as the meeting lets them. */
export function MeetingButtons({
  meeting,
  state,
  run,
}: {
  readonly meeting: CustomerMeeting;
  readonly state: CustomerMeetingState;
  readonly run: (command: () => Promise<void>) => void;
}) {
  const styles = useStyles();
  const capabilities = useLive(meeting.capabilities$);
  const choices: readonly Choice[] = [
    state.muted
      ? ['unmute', 'Unmute', <MicOffRegular />, () => meeting.unmute()]
      : ['mute', 'Mute', <MicRegular />, () => meeting.mute()],
    state.video
      ? ['video', 'Stop video', <VideoRegular />, () => meeting.stopVideo()]
      : ['video', 'Start video', <VideoOffRegular />, () => meeting.startVideo()],
    state.sharing
      ? ['shareScreen', 'Stop sharing', <ShareScreenStartRegular />, () => meeting.stopSharing()]
      : ['shareScreen', 'Share screen', <ShareScreenStartRegular />, () => meeting.shareScreen()],
    state.handRaised
      ? ['raiseHand', 'Lower hand', <HandRightRegular />, () => meeting.lowerHand()]
      : ['raiseHand', 'Raise hand', <HandRightRegular />, () => meeting.raiseHand()],
    state.captions
      ? ['captions', 'No captions', undefined, () => meeting.stopCaptions()]
      : ['captions', 'Captions', undefined, () => meeting.startCaptions()],
  ];
  return (
    <Toolbar className={styles.buttons} aria-label="Meeting controls">
      {state.status === 'held' && (
        <Button icon={<PlayRegular />} onClick={() => run(() => meeting.resume())}>
          Resume
        </Button>
      )}
      {state.status !== 'lobby' &&
        choices.map(([action, words, icon, act]) => (
          <Button
            key={action}
            {...(icon !== undefined && { icon })}
            disabledFocusable={!capabilities[action].supported}
            onClick={() => run(act)}
          >
            {words}
          </Button>
        ))}
      <Button appearance="primary" onClick={() => run(() => meeting.leave())}>
        Leave
      </Button>
    </Toolbar>
  );
}
