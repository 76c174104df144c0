"""Style analysis of a photographed person: colours, proportions, worn pieces, and advice with its reasons."""
