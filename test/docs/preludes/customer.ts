import type * as customer from 'onescreen/customer';
/** What `CustomerClient.start()` gave. */
export declare const chat: customer.CustomerChat;
