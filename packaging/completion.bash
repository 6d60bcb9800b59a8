# SPDX-License-Identifier: AGPL-3.0-or-later
# bash completion for skrytka and skrytkad

_skrytka() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    case $previous in
    --connect) mapfile -t COMPREPLY < <(compgen -W 'unix: tcp: tls:' -- "$current") ;;
    --language) mapfile -t COMPREPLY < <(compgen -W 'pl en' -- "$current") ;;
    --without) mapfile -t COMPREPLY < <(compgen -W 'bell notice title mouse' -- "$current") ;;
    --scans) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    --password-file | --ca-file) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    --login | --after | call) ;;
    *)
        if [[ " ${COMP_WORDS[*]} " == *" attach "* ]]; then
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
        else
            mapfile -t COMPREPLY < <(compgen -W \
                '--connect --ca-file --login --language --password-file --scans --mono --ascii
                 --without --help --version
                 call watch attach' -- "$current")
        fi
        ;;
    esac
}

_skrytkad() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    case $previous in
    --config | --password-file) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    --role) mapfile -t COMPREPLY < <(compgen -W 'administrator clerk' -- "$current") ;;
    backup | restore) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    user) mapfile -t COMPREPLY < <(compgen -W 'add' -- "$current") ;;
    --os-user) mapfile -t COMPREPLY < <(compgen -u -- "$current") ;;
    *)
        mapfile -t COMPREPLY < <(compgen -W \
            '--config --check user backup restore verify --role --name --os-user --password-file' \
            -- "$current")
        ;;
    esac
}

complete -o filenames -F _skrytka skrytka
complete -o filenames -F _skrytkad skrytkad
