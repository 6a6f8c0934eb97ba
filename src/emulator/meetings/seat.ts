/** What is kept of somebody as long as they are in a meeting. */
export interface Seat {
  camera: boolean;
  screen: boolean;
  /** Grow with each raising and each spotlight. */
  handAt: number | undefined;
  spotlightAt: number | undefined;
  captions: boolean;
  /** Party ids: whose cameras the slots show, and whose screen. */
  cameras: readonly (string | undefined)[];
  sharer: string | undefined;
}

export function newSeat(): Seat {
  return {
    ...{ camera: false, screen: false, captions: false, cameras: [] },
    ...{ handAt: undefined, spotlightAt: undefined, sharer: undefined },
  };
}
