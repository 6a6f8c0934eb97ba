import type * as desk from 'onescreen';
/** An agent who is signed in, with a task in hand. */
export declare const client: desk.ContactCenterClient;
export declare const task: desk.Task;
