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
  SearchBox,
  Textarea,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { CallTransferRegular } from '@fluentui/react-icons/svg/call-transfer';
import { PersonCallRegular } from '@fluentui/react-icons/svg/person-call';
import type { Can, Target, TaskAction } from 'onescreen';
import { useControls, useDirectory } from 'onescreen/react';
import { useEffect, useState } from 'react';
import { ControlButton } from './control-button';
import { DirectoryList } from './directory-list';
import { phoneNumberHint, readPhoneNumber } from '../phone-number';
import { useRun } from './reports';

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalM },
  number: { display: 'flex', columnGap: tokens.spacingHorizontalS, alignItems: 'flex-end' },
  grow: { flexGrow: 1 },
});

type Kind = 'Transfer' | 'Consult';

/** Opens the directory to give the customer away, or to ask somebody first. */
export function HandOver({ taskId, kind }: { readonly taskId: string; readonly kind: Kind }) {
  const { can } = useControls(taskId);
  const [open, setOpen] = useState(false);
  const allowed = can(kind === 'Transfer' ? 'transfer' : 'consult');
  return (
    <Dialog open={open && allowed.allowed} onOpenChange={(_, data) => setOpen(data.open)}>
      <DialogTrigger disableButtonEnhancement>
        <ControlButton can={allowed} icon={kind === 'Transfer' ? <CallTransferRegular /> : <PersonCallRegular />}>
          {kind}
        </ControlButton>
      </DialogTrigger>
      <DialogSurface aria-label={titles[kind]}>
        <HandOverForm taskId={taskId} kind={kind} done={() => setOpen(false)} />
      </DialogSurface>
    </Dialog>
  );
}

const titles = { Transfer: 'Transfer to', Consult: 'Consult with' } as const;

function HandOverForm(props: { readonly taskId: string; readonly kind: Kind; readonly done: () => void }) {
  const styles = useStyles();
  const { taskId, kind, done } = props;
  const run = useRun();
  const { can, transfer, consult } = useControls(taskId);
  const [text, setText] = useState('');
  const [number, setNumber] = useState('');
  const [problem, setProblem] = useState<string>();
  const [note, setNote] = useState('');
  const [merge, setMerge] = useState(false);
  const found = useFreshDirectory(text);
  const entries = found.entries.filter(
    ({ target }) => kind === 'Transfer' || !('queue' in target || 'voicemail' in target),
  );

  const choose = (target: Target) => {
    const words = note.trim() === '' ? {} : { note: note.trim() };
    run(async () => {
      if (kind === 'Transfer') await transfer.run(target, words);
      else if (!('queue' in target || 'voicemail' in target)) await consult.run(target, { ...words, merge });
    });
    done();
  };
  const canReach = (target: Target): Can => can(actionOf(kind, target));

  return (
    <DialogBody>
      <DialogTitle>{titles[kind]}</DialogTitle>
      <DialogContent className={styles.content}>
        <SearchBox
          style={{ maxWidth: 'none' }}
          placeholder="Agents, queues, contacts"
          aria-label="Search the directory"
          value={text}
          onChange={(_, { value }) => setText(value)}
        />
        <DirectoryList entries={entries} searching={found.searching} verb={kind} can={canReach} choose={choose} />
        <form
          className={styles.number}
          onSubmit={(event) => {
            event.preventDefault();
            const phone = readPhoneNumber(number);
            if (phone === undefined) setProblem(phoneNumberHint);
            else if (canReach({ phone }).allowed) choose({ phone });
          }}
        >
          <Field className={styles.grow} label="Number" {...(problem !== undefined && { validationMessage: problem })}>
            <Input
              type="tel"
              autoComplete="off"
              value={number}
              onChange={(_, { value }) => {
                setNumber(value);
                setProblem(undefined);
              }}
            />
          </Field>
          <ControlButton can={canReach({ phone: '' })} submit label={`${kind} number`}>
            {kind}
          </ControlButton>
        </form>
        <Field label="Note">
          <Textarea value={note} onChange={(_, { value }) => setNote(value)} />
        </Field>
        {kind === 'Consult' && (
          <Checkbox
            label="All together at once, without music"
            checked={merge}
            onChange={(_, { checked }) => setMerge(checked === true)}
          />
        )}
      </DialogContent>
      <DialogActions>
        <DialogTrigger disableButtonEnhancement>
          <Button>Close</Button>
        </DialogTrigger>
      </DialogActions>
    </DialogBody>
  );
}

/** How often what is shown is asked for again, in milliseconds: availability changes. */
const everyMs = 3_000;

function useFreshDirectory(text: string): ReturnType<typeof useDirectory> {
  const found = useDirectory(text);
  const { search, searching } = found;
  useEffect(() => {
    if (searching) return;
    const timer = setTimeout(search, everyMs);
    return () => clearTimeout(timer);
  }, [search, searching]);
  return found;
}

function actionOf(kind: Kind, target: Target): TaskAction {
  const verb = kind === 'Transfer' ? 'transferTo' : 'consult';
  if ('agent' in target) return `${verb}Agent`;
  if ('queue' in target) return `${verb}Queue`;
  if ('phone' in target) return `${verb}Phone`;
  return 'teamsUser' in target ? `${verb}TeamsUser` : `${verb}Voicemail`;
}
