import type {
  CallAgent,
  CallAgentOptions,
  CallClient,
  CallClientFeature,
  CallClientFeatureFactory,
  CallClientOptions,
  DeviceManager,
  TeamsCallAgent,
} from '@azure/communication-calling';
import type { CommunicationTokenCredential } from '@azure/communication-common';
import { EmulatedCallAgent } from './call-agent';
import type { EmulatedCallingEnvironment } from './calling-environment';
import { CallingCommunicationError, reasons } from './calling-error';
import { EmulatedDeviceManager } from './device-manager';
import type { Later } from './listeners';
import type { Public } from './official';

/** Where agents and devices of a page begin: of the public shape of `CallClient`. */
export class EmulatedCallClient implements Public<CallClient> {
  readonly environment: EmulatedCallingEnvironment;
  readonly #url: string;
  readonly #later: Later;
  readonly #agents = new Set<EmulatedCallAgent>();
  readonly #features = new Map<unknown, CallClientFeature>();
  #devices: EmulatedDeviceManager | undefined;
  #disposing: Promise<void> | undefined;

  constructor(environment: EmulatedCallingEnvironment, url: string, later: Later, _options?: CallClientOptions) {
    this.environment = environment;
    this.#url = url;
    this.#later = later;
  }

  feature<Feature extends CallClientFeature>(factory: CallClientFeatureFactory<Feature>): Feature {
    const known = this.#features.get(factory);
    // Made by this very factory, a feature is of its type.
    if (known !== undefined) return known as Feature;
    // The official factories ask for their own class; ours has its public members.
    const feature = new factory.callClientApiCtor({ callClient: this as unknown as CallClient });
    this.#features.set(factory, feature);
    return feature;
  }

  createCallAgent(credential: CommunicationTokenCredential, options?: CallAgentOptions): Promise<CallAgent> {
    return this.#createAgent(credential, false, options?.displayName);
  }

  createTeamsCallAgent(credential: CommunicationTokenCredential): Promise<TeamsCallAgent> {
    return this.#createAgent(credential, true, undefined);
  }

  async getDeviceManager(): Promise<DeviceManager> {
    return this.#deviceManager();
  }

  dispose(): Promise<void> {
    return (this.#disposing ??= this.#dispose());
  }

  async #createAgent(
    credential: Pick<CommunicationTokenCredential, 'getToken'>,
    teams: boolean,
    displayName: string | undefined,
  ): Promise<EmulatedCallAgent> {
    if (this.#disposing !== undefined) throw new CallingCommunicationError(reasons.disposed);
    const agent = new EmulatedCallAgent({
      environment: this.environment,
      url: this.#url,
      credential,
      teams,
      displayName,
      later: this.#later,
      devices: this.#deviceManager(),
      onDispose: (disposed) => this.#agents.delete(disposed),
    });
    this.#agents.add(agent);
    try {
      await agent.open();
    } catch (error) {
      this.#agents.delete(agent);
      throw error;
    }
    return agent;
  }

  async #dispose(): Promise<void> {
    await Promise.all([...this.#agents].map((agent) => agent.dispose()));
    this.#devices?.close();
  }

  #deviceManager(): EmulatedDeviceManager {
    return (this.#devices ??= new EmulatedDeviceManager(this.environment.devices, this.#later));
  }
}
