"""Other engines, one small adapter each, behind `benchmarks.peers.protocol.Engine`."""
