"""OpenSID's resident sheet and the register: compared, taken in, written out. docs/opensid.md says how."""
