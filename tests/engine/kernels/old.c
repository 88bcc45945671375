/* A model of another version of the engine's interface. */
int rv_abi(void) { return -1; }
