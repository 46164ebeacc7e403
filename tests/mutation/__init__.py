"""Mutation of architectures: mistakes put into the specs of the zoo, and who notices."""
