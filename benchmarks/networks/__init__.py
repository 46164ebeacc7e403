"""The same networks in the frameworks, each run by the interpreter that has that framework."""
