import {
  Menu,
  MenuButton,
  MenuDivider,
  MenuGroup,
  MenuGroupHeader,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  PresenceBadge,
} from '@fluentui/react-components';
import type { Availability, ReasonCode } from 'onescreen';
import { useAgent } from 'onescreen/react';
import { useRun } from './reports';

/** Available, or not and why. With work in hand, a break may begin when it is done. */
export function AvailabilityMenu() {
  const current = useAgent();
  const run = useRun();
  if (current === undefined) return null;
  const { agent, state, reasons } = current;
  const busy = state.load.tasks > 0;
  const set = (to: Availability, whenBusy: 'now' | 'after-current' = 'now') =>
    run(() => agent.setAvailability(to, { whenBusy }));
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <MenuButton
          appearance="subtle"
          icon={<PresenceBadge status={state.availability.kind === 'available' ? 'available' : 'away'} />}
          aria-label={`Availability: ${describe(state.availability, reasons)}`}
        >
          {describe(state.availability, reasons)}
          {state.next !== undefined && `, then ${describe(state.next, reasons).toLowerCase()}`}
        </MenuButton>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItem onClick={() => set({ kind: 'available' })}>Available</MenuItem>
          <MenuDivider />
          <MenuGroup>
            <MenuGroupHeader>Not available</MenuGroupHeader>
            {reasons.map(({ code, label }) => (
              <MenuItem key={code} onClick={() => set({ kind: 'unavailable', reason: code })}>
                {label}
              </MenuItem>
            ))}
          </MenuGroup>
          {busy && (
            <MenuGroup>
              <MenuGroupHeader>After the work in hand</MenuGroupHeader>
              {reasons.map(({ code, label }) => (
                <MenuItem key={code} onClick={() => set({ kind: 'unavailable', reason: code }, 'after-current')}>
                  {label}
                </MenuItem>
              ))}
            </MenuGroup>
          )}
          {state.next !== undefined && (
            <MenuItem onClick={() => run(() => agent.clearNextAvailability())}>Stay as I am</MenuItem>
          )}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

/** Words of the control plane's own, beside the reasons that agents choose from. */
const ownReasons: Readonly<Record<string, string>> = {
  'offer-expired': 'Missed an offer',
  'ring-no-answer': 'Missed a call',
  'agent-disconnected': 'Was disconnected',
};

function describe(availability: Availability, reasons: readonly ReasonCode[]): string {
  if (availability.kind === 'available') return 'Available';
  const { reason } = availability;
  if (reason === undefined) return 'Not available';
  return reasons.find(({ code }) => code === reason)?.label ?? ownReasons[reason] ?? reason;
}
