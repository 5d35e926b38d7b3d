"""What runs the apps in a process: start and stop, health, migrations, the installation."""
