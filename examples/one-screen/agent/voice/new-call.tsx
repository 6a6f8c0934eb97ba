import { Button, Dialog, DialogSurface, DialogTrigger } from '@fluentui/react-components';
import { CallRegular } from '@fluentui/react-icons/svg/call';
import { useState } from 'react';
import { NewCallForm } from './new-call-form';

/** Calls somebody who has not called. */
export function NewCall() {
  const [open, setOpen] = useState(false);
  return (
    <Dialog open={open} onOpenChange={(_, data) => setOpen(data.open)}>
      <DialogTrigger disableButtonEnhancement>
        <Button appearance="subtle" icon={<CallRegular />}>
          New call
        </Button>
      </DialogTrigger>
      <DialogSurface aria-label="New call" style={{ width: '380px' }}>
        <NewCallForm done={() => setOpen(false)} />
      </DialogSurface>
    </Dialog>
  );
}
