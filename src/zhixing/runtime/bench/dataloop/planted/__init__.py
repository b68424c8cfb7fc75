"""Events planted into made scenes, so that it is known without any measure who does what when."""
