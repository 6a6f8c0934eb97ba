import type * as backEnd from 'onescreen/server';
/** A vendor's own back end: its sign-in, its queues and its credentials. */
export declare function authenticate(request: Request): Promise<backEnd.AgentIdentity | undefined>;
export declare function verify(authorization: string | null): Promise<string | undefined>;
export declare function agentOf(name: string | undefined): backEnd.AgentIdentity | undefined;
export declare function objectIdOf(agentId: string): Promise<string>;
export declare function graphToken(): Promise<string>;
export declare const application: { getToken(scope: string): Promise<{ readonly token: string }> };
export declare const queues: readonly backEnd.QueueOptions[];
export declare const store: backEnd.ConversationStore;
