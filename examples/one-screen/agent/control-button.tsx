import { Button, Tooltip } from '@fluentui/react-components';
import type { Can, DenyReason } from 'onescreen';
import { useState, type ReactElement, type ReactNode } from 'react';

/** A button bound to what is possible: when it is not, it says why. It stays focusable, so that the reason can be read. */
export function ControlButton(props: {
  readonly can: Can;
  readonly icon?: ReactElement;
  readonly appearance?: 'primary' | 'secondary';
  readonly submit?: boolean;
  /** For a button that is only an icon. */
  readonly label?: string;
  readonly onClick?: () => void;
  /** A look of its own while it is possible. */
  readonly className?: string;
  readonly children?: ReactNode;
}) {
  const {
    can,
    icon,
    appearance = 'secondary',
    submit = false,
    label,
    onClick,
    className,
    children,
    ...trigger
  } = props;
  // `trigger` is what a popover adds to the button that opens it.
  const [explaining, setExplaining] = useState(false);
  return (
    // There even while the action is possible: the button would lose the focus if it were put into one later.
    <Tooltip
      content={can.allowed ? '' : denied(can)}
      relationship={can.allowed ? 'inaccessible' : 'description'}
      visible={explaining && !can.allowed}
      onVisibleChange={(_, { visible }) => setExplaining(visible)}
    >
      <Button
        {...trigger}
        appearance={appearance}
        type={submit ? 'submit' : 'button'}
        disabledFocusable={!can.allowed}
        {...(can.allowed && className !== undefined && { className })}
        {...(icon !== undefined && { icon })}
        {...(onClick !== undefined && { onClick })}
        {...(label !== undefined && { 'aria-label': label })}
      >
        {children}
      </Button>
    </Tooltip>
  );
}

const reasons: Readonly<Record<string, string>> = {
  'not-connected': 'Not connected now',
  'wrong-state': 'Not at this stage of the task',
  'no-permission': 'You may not do this',
  'not-supported': 'This channel cannot do it',
  'needs-control-plane': 'The contact center does not offer it',
  'other-tab-owns-media': 'The call is in another tab',
  'emergency-call': 'Not during an emergency call',
  'consent-required': 'Not before you have agreed to the recording',
  'no-capacity': 'You have no capacity left for it',
  'meeting-policy': 'The meeting does not allow it',
  closed: 'This conversation has ended',
  'disposition-required': 'Choose a disposition first',
  'no-extension-left': 'It was given all the time there is',
};

/** A reason in the agent's words. */
export function denied({ reason, detail }: { readonly reason: DenyReason; readonly detail?: string }): string {
  const words = reasons[reason] ?? reason;
  return detail === undefined ? words : `${words}: ${detail}`;
}
