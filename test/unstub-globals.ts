// Files that share the modules of a thread share its globals too: what a test replaces ends with it.
afterEach(() => void vi.unstubAllGlobals());
