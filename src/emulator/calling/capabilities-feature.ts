import type {
  CallFeatureContext,
  CapabilitiesChangeInfo,
  CapabilitiesFeature,
  ChangedParticipantCapabilities,
  ParticipantCapabilities,
  ParticipantCapabilityName,
  ParticipantRole,
} from '@azure/communication-calling';
import type { EmulatedCall } from './call';
import { capabilitiesOf, capabilityNames } from './capability-names';
import { emulatedMeeting } from './emulated-call';
import { Listeners, type Listener } from './listeners';

/** What this client may do in the meeting, with the official reasons. */
export class EmulatedCapabilities implements CapabilitiesFeature {
  readonly name = 'Capabilities';
  readonly #call: EmulatedCall;
  readonly #listeners: Listeners<{ capabilitiesChanged: CapabilitiesChangeInfo }>;
  readonly #unwatch: () => void;
  #capabilities: ParticipantCapabilities;
  #role: ParticipantRole;

  constructor(context: CallFeatureContext) {
    this.#call = emulatedMeeting(context, this.name);
    this.#listeners = new Listeners(this.#call.later);
    this.#capabilities = capabilitiesOf(this.#call.meeting.frame);
    this.#role = this.#call.role;
    this.#unwatch = this.#call.watch({ changed: () => this.#update(), ended: () => {} });
  }

  get capabilities(): ParticipantCapabilities {
    return this.#capabilities;
  }

  on(event: 'capabilitiesChanged', listener: Listener): void {
    this.#listeners.on(event, listener);
  }

  off(event: 'capabilitiesChanged', listener: Listener): void {
    this.#listeners.off(event, listener);
  }

  dispose(): void {
    this.#unwatch();
    this.#listeners.clear();
  }

  #update(): void {
    const before = this.#capabilities;
    const now = capabilitiesOf(this.#call.meeting.frame);
    const hadRole = this.#role;
    this.#role = this.#call.role;
    const changed = capabilityNames.filter(
      (name) => before[name].isPresent !== now[name].isPresent || before[name].reason !== now[name].reason,
    );
    if (changed.length === 0) return;
    this.#capabilities = now;
    this.#listeners.emit('capabilitiesChanged', {
      oldValue: pick(before, changed),
      newValue: pick(now, changed),
      // The emulator does not say why. With the role, it is the role; otherwise somebody has set the meeting so.
      reason: this.#role === hadRole ? 'MeetingOptionOrOrganizerPolicyChanged' : 'RoleChanged',
    });
  }
}

function pick(
  capabilities: ParticipantCapabilities,
  chosen: readonly ParticipantCapabilityName[],
): ChangedParticipantCapabilities {
  const picked: ChangedParticipantCapabilities = {};
  for (const name of chosen) picked[name] = capabilities[name];
  return picked;
}
