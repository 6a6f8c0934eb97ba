import { Button, Tooltip } from '@fluentui/react-components';
import type { Can, DenyReason } from 'onescreen';
import type { ReactElement, ReactNode } from 'react';

/** A button bound to what is possible: when it is not, it says why. It stays focusable, so that the reason can be read. */
export function ControlButton(props: {
  readonly can: Can;
  readonly icon?: ReactElement;
  readonly appearance?: 'primary' | 'secondary';
  readonly submit?: boolean;
  /** For a button that is only an icon. */
  readonly label?: string;
  readonly onClick?: () => void;
  readonly children?: ReactNode;
}) {
  const { can, icon, appearance = 'secondary', submit = false, label, onClick, children } = props;
  const button = (
    <Button
      appearance={appearance}
      type={submit ? 'submit' : 'button'}
      disabledFocusable={!can.allowed}
      {...(icon !== undefined && { icon })}
      {...(onClick !== undefined && { onClick })}
      {...(label !== undefined && { 'aria-label': label })}
    >
      {children}
    </Button>
  );
  if (can.allowed) return button;
  return (
    <Tooltip content={denied(can)} relationship="description">
      {button}
    </Tooltip>
  );
}

const reasons: Readonly<Record<string, string>> = {
  'not-connected': 'Not connected now',
  'wrong-state': 'Not at this stage of the task',
  'no-permission': 'You may not do this',
  'not-supported': 'This channel cannot do it',
  closed: 'This conversation has ended',
};

/** A reason in the agent's words. */
export function denied({ reason, detail }: { readonly reason: DenyReason; readonly detail?: string }): string {
  const words = reasons[reason] ?? reason;
  return detail === undefined ? words : `${words}: ${detail}`;
}
