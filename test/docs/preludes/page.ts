import type * as page from 'onescreen';
/** A vendor's own page: its sign-in and its screen. */
export declare function fetchToken(audience: string): Promise<page.AccessToken>;
export declare const entra: {
  getToken(): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
};
export declare const expert: string;
export declare function render(what: unknown): void;
export declare function show(...what: readonly unknown[]): void;
export declare function showLobby(guests: readonly page.LobbyGuest[]): void;
export declare function showInvitations(invitations: readonly unknown[]): void;
export declare function offer(from: string, accept: () => Promise<unknown>): void;
