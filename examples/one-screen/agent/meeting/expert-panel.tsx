import {
  Button,
  Checkbox,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  DialogTrigger,
  Field,
  Input,
  Text,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { PeopleAddRegular } from '@fluentui/react-icons/svg/people-add';
import type { MeetingChannel } from 'onescreen';
import { useControls, useConversation, useDirectory } from 'onescreen/react';
import { useState } from 'react';
import { ControlButton } from '../control-button';
import { useRun } from '../reports';

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalM },
  list: { listStyleType: 'none', margin: 0, padding: 0 },
  line: { display: 'flex', alignItems: 'center', columnGap: tokens.spacingHorizontalM },
  grow: { flexGrow: 1 },
});

/** Asks an expert of the house in, by Teams, and shows them what the agent chooses of the context. */
export function ExpertPanel(props: {
  readonly taskId: string;
  readonly conversationId: string;
  readonly meeting: MeetingChannel;
}) {
  const { can } = useControls(props.taskId);
  const [open, setOpen] = useState(false);
  return (
    <Dialog open={open} onOpenChange={(_, data) => setOpen(data.open)}>
      <DialogTrigger disableButtonEnhancement>
        <ControlButton can={can('meeting.addTeamsUser')} icon={<PeopleAddRegular />}>
          Experts
        </ControlButton>
      </DialogTrigger>
      <DialogSurface aria-label="Experts">
        <ExpertForm {...props} done={() => setOpen(false)} />
      </DialogSurface>
    </Dialog>
  );
}

function ExpertForm(props: {
  readonly taskId: string;
  readonly conversationId: string;
  readonly meeting: MeetingChannel;
  readonly done: () => void;
}) {
  const styles = useStyles();
  const { taskId, conversationId, meeting, done } = props;
  const run = useRun();
  const { can } = useControls(taskId);
  const context = useConversation(conversationId)?.context ?? {};
  const [user, setUser] = useState('');
  const [shared, setShared] = useState<readonly string[]>([]);
  const { entries } = useDirectory('');
  const experts = entries.flatMap(({ displayName, target }) =>
    'teamsUser' in target ? [{ displayName, teamsUser: target.teamsUser }] : [],
  );
  const ask = (teamsUser: string) => {
    run(() => meeting.addParticipant({ teamsUser }));
    done();
  };
  return (
    <DialogBody>
      <DialogTitle>Experts</DialogTitle>
      <DialogContent className={styles.content}>
        <ul className={styles.list} aria-label="Known experts">
          {experts.map(({ displayName, teamsUser }) => (
            <li key={teamsUser} className={styles.line}>
              <Text className={styles.grow}>{displayName}</Text>
              <ControlButton
                can={can('meeting.addTeamsUser')}
                label={`Add ${displayName}`}
                onClick={() => ask(teamsUser)}
              >
                Add
              </ControlButton>
            </li>
          ))}
        </ul>
        <form
          className={styles.line}
          onSubmit={(event) => {
            event.preventDefault();
            if (user.trim() !== '') ask(user.trim());
          }}
        >
          <Field className={styles.grow} label="Teams user (object id)">
            <Input value={user} onChange={(_, { value }) => setUser(value)} />
          </Field>
          <ControlButton can={can('meeting.addTeamsUser')} submit>
            Add
          </ControlButton>
        </form>
        <fieldset>
          <legend>Show them</legend>
          {Object.entries(context).map(([key, value]) => (
            <Checkbox
              key={key}
              label={`${key}: ${String(value)}`}
              checked={shared.includes(key)}
              onChange={(_, { checked }) =>
                setShared(checked === true ? [...shared, key] : shared.filter((one) => one !== key))
              }
            />
          ))}
        </fieldset>
        <ControlButton
          can={shared.length === 0 ? { allowed: false, reason: 'Choose what to show first' } : can('meeting.chat')}
          onClick={() => {
            run(() => meeting.shareContext(shared));
            done();
          }}
        >
          Show in the meeting
        </ControlButton>
      </DialogContent>
      <DialogActions>
        <DialogTrigger disableButtonEnhancement>
          <Button>Close</Button>
        </DialogTrigger>
      </DialogActions>
    </DialogBody>
  );
}
