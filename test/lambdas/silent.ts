/** A logger of functions that says nothing. */
export const silent = { info() {}, warn() {}, error() {} };
