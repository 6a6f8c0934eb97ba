import { Button, Textarea, makeStyles, tokens } from '@fluentui/react-components';
import type { MessageItem } from 'onescreen';
import { useControls } from 'onescreen/react';
import { useState } from 'react';
import { useRun } from './reports';

const useStyles = makeStyles({
  form: { display: 'flex', columnGap: tokens.spacingHorizontalXS, alignItems: 'flex-end' },
});

/** Changes an own message in its place. Enter saves, Escape leaves it as it was. */
export function EditMessage({
  item,
  taskId,
  done,
}: {
  readonly item: MessageItem;
  readonly taskId: string;
  readonly done: () => void;
}) {
  const styles = useStyles();
  const run = useRun();
  const { edit } = useControls(taskId);
  const [text, setText] = useState(item.text);
  const save = () => {
    const changed = text.trim();
    if (changed !== '' && changed !== item.text) run(() => edit.run(item.id, changed));
    done();
  };
  return (
    <div className={styles.form}>
      <Textarea
        autoFocus
        aria-label="Edit message"
        value={text}
        onChange={(_, { value }) => setText(value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') done();
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          save();
        }}
      />
      <Button size="small" appearance="primary" onClick={save} disabled={text.trim() === ''}>
        Save
      </Button>
      <Button size="small" onClick={done}>
        Cancel
      </Button>
    </div>
  );
}
