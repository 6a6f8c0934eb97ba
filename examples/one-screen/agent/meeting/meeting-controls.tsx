import { Toolbar, makeStyles, tokens } from '@fluentui/react-components';
import { CallEndRegular } from '@fluentui/react-icons/svg/call-end';
import { ClosedCaptionRegular } from '@fluentui/react-icons/svg/closed-caption';
import { DoorArrowLeftRegular } from '@fluentui/react-icons/svg/door-arrow-left';
import { HandRightRegular } from '@fluentui/react-icons/svg/hand-right';
import { HandRightOffRegular } from '@fluentui/react-icons/svg/hand-right-off';
import { MicRegular } from '@fluentui/react-icons/svg/mic';
import { MicOffRegular } from '@fluentui/react-icons/svg/mic-off';
import { PauseRegular } from '@fluentui/react-icons/svg/pause';
import { PlayRegular } from '@fluentui/react-icons/svg/play';
import { ShareScreenStartRegular } from '@fluentui/react-icons/svg/share-screen-start';
import { ShareScreenStopRegular } from '@fluentui/react-icons/svg/share-screen-stop';
import { VideoRegular } from '@fluentui/react-icons/svg/video';
import { VideoOffRegular } from '@fluentui/react-icons/svg/video-off';
import type { Can, MeetingChannel, MeetingState } from 'onescreen';
import { useControls } from 'onescreen/react';
import type { ReactElement } from 'react';
import { ControlButton } from '../control-button';
import { useRun } from '../reports';

const useStyles = makeStyles({
  toolbar: { padding: 0, flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
});

interface Choice {
  readonly can: Can;
  readonly icon: ReactElement;
  readonly words: string;
  readonly run: () => Promise<void>;
}

/** What the agent can do in the meeting, each bound to whether it can be done now. */
export function MeetingControls(props: {
  readonly taskId: string;
  readonly meeting: MeetingChannel;
  readonly state: MeetingState;
}) {
  const styles = useStyles();
  const { taskId, meeting, state } = props;
  const run = useRun();
  const { can } = useControls(taskId);
  const isIn = state.status === 'connected' || state.status === 'held';
  const of = (action: string, words: string, icon: ReactElement, act: () => Promise<void>): Choice => ({
    ...{ can: can(`meeting.${action}`), words, icon, run: act },
  });
  const inside: readonly Choice[] = [
    state.muted || state.mutedByOthers
      ? of('unmute', 'Unmute', <MicOffRegular />, () => meeting.unmute())
      : of('mute', 'Mute', <MicRegular />, () => meeting.mute()),
    state.video
      ? of('video', 'Stop video', <VideoRegular />, () => meeting.stopVideo())
      : of('video', 'Start video', <VideoOffRegular />, () => meeting.startVideo()),
    state.sharing
      ? of('shareScreen', 'Stop sharing', <ShareScreenStopRegular />, () => meeting.stopSharing())
      : of('shareScreen', 'Share screen', <ShareScreenStartRegular />, () => meeting.shareScreen()),
    state.handRaised
      ? of('raiseHand', 'Lower hand', <HandRightOffRegular />, () => meeting.lowerHand())
      : of('raiseHand', 'Raise hand', <HandRightRegular />, () => meeting.raiseHand()),
    state.status === 'held'
      ? of('resume', 'Resume', <PlayRegular />, () => meeting.resume())
      : of('hold', 'Hold', <PauseRegular />, () => meeting.hold()),
    state.captions
      ? of('captions', 'Stop captions', <ClosedCaptionRegular />, () => meeting.stopCaptions())
      : of('captions', 'Captions', <ClosedCaptionRegular />, () => meeting.startCaptions()),
    of('leave', 'Leave', <DoorArrowLeftRegular />, () => meeting.leave()),
  ];
  const outside: readonly Choice[] =
    state.status === 'lobby' || state.status === 'joining'
      ? [of('leave', 'Leave', <DoorArrowLeftRegular />, () => meeting.leave())]
      : [
          of('join', state.status === 'elsewhere' ? 'Join here' : 'Join', <VideoRegular />, () => meeting.join()),
          of('join', 'Join with video', <VideoRegular />, () => meeting.join({ video: true })),
        ];
  return (
    <Toolbar className={styles.toolbar} aria-label="Meeting controls">
      {(isIn ? inside : outside).map((choice) => (
        <ControlButton key={choice.words} can={choice.can} icon={choice.icon} onClick={() => run(choice.run)}>
          {choice.words}
        </ControlButton>
      ))}
      <ControlButton can={can('end')} icon={<CallEndRegular />} onClick={() => run(() => meeting.end())}>
        End meeting
      </ControlButton>
    </Toolbar>
  );
}
