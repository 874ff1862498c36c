# Read by interactive bash(1).
case $- in
  *i*) ;;
  *) return ;;
esac
HISTCONTROL=ignoreboth
shopt -s checkwinsize histappend
PS1='\u@\h:\w\$ '
alias ls='ls --color=auto'
