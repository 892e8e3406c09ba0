"""`kept audit` against real sites on this machine, each with one defect, and one with none."""
