import type { CustomerCall, CustomerChat, CustomerMeeting } from 'onescreen/customer';

/** What the customer has open on this page, all of one conversation. */
export interface Views {
  readonly chat?: CustomerChat;
  readonly call?: CustomerCall;
  readonly meeting?: CustomerMeeting;
}
