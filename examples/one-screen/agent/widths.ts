/** Too narrow for three columns: the customer stands below the work. */
export const narrow = '@media (min-width: 681px) and (max-width: 1000px)';

/** Too narrow for two: everything stands in one column, which scrolls. */
export const small = '@media (max-width: 680px)';
