"""What every page of the desk is made of; knows none of the desk's folders."""
